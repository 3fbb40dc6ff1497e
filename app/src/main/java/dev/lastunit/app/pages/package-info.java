/**
 * The short way for what is asked for most: a product's page that is at hand is answered before the
 * web filters, which cost many times as much as the answer. Whatever is special about a request
 * takes the long way, with the same result.
 */
package dev.lastunit.app.pages;
