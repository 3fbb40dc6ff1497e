package dev.lastunit.shared.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A part of an event that tells who or where a person is, or that could be used in a person's name.
 * It stays in the event store, is left out wherever events are made into tables for analysts, and
 * is masked where they are shown events ({@link PersonalFields}). Pseudonyms by which events belong
 * together, such as a customer's identifier, are not marked.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface PersonalData {}
