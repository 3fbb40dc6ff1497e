package dev.lastunit.app.axon;

import java.lang.reflect.Method;
import org.axonframework.queryhandling.QueryBus;
import org.axonframework.queryhandling.QueryHandler;
import org.axonframework.queryhandling.annotation.AnnotationQueryHandlerAdapter;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ReflectionUtils;

/** Subscribes every bean of ours that answers queries to the query bus. */
final class QueryHandlers {

  private static final String OURS = "dev.lastunit.";

  private final ListableBeanFactory beans;
  private final QueryBus queries;

  QueryHandlers(ListableBeanFactory beans, QueryBus queries) {
    this.beans = beans;
    this.queries = queries;
  }

  /** To be called once all beans exist. */
  void subscribe() {
    for (String name : beans.getBeanDefinitionNames()) {
      Class<?> type = beans.getType(name, false);
      if (type != null && type.getName().startsWith(OURS) && answersQueries(type)) {
        new AnnotationQueryHandlerAdapter<>(beans.getBean(name)).subscribe(queries);
      }
    }
  }

  private static boolean answersQueries(Class<?> type) {
    for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
      if (method.isAnnotationPresent(QueryHandler.class)) {
        return true;
      }
    }
    return false;
  }
}
