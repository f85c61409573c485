package dev.slipway.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The product's own classes, one method of which always gives the same answer: a mistake in the
 * code that is shipped, and not in what stands around it. Everything of Slipway is loaded anew, so
 * that nothing of it is left whole by another loader.
 */
final class Broken extends ClassLoader {

  private static final String OURS = "dev.slipway.";

  private final String type;
  private final String method;
  private final boolean answer;
  private final AtomicInteger replaced = new AtomicInteger();

  /**
   * @param type a class of Slipway by its full name
   * @param method of it, which gives a boolean
   */
  Broken(String type, String method, boolean answer) {
    super(Broken.class.getClassLoader());
    this.type = type;
    this.method = method;
    this.answer = answer;
  }

  /**
   * Seeds of the histories that end badly, with what they tell.
   *
   * @throws IllegalStateException if there is no such method, or the histories cannot be played
   */
  @SuppressWarnings("unchecked")
  Map<Long, String> play(long first, long count) {
    try {
      Class<?> mutation = loadClass(Mutation.class.getName());
      loadClass(type);
      if (replaced.get() == 0) {
        throw new IllegalStateException(type + " has no method " + method + " to break");
      }
      var play =
          loadClass(Histories.class.getName())
              .getDeclaredMethod("play", long.class, long.class, mutation);
      play.setAccessible(true);
      return (Map<Long, String>)
          play.invoke(null, first, count, mutation.getEnumConstants()[Mutation.NONE.ordinal()]);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot play with " + type + "." + method + " broken", e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] whole = in.readAllBytes();
      byte[] bytes = name.equals(type) ? broken(whole) : whole;
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private byte[] broken(byte[] whole) {
    ClassFile classFile = ClassFile.of();
    return classFile.transformClass(
        classFile.parse(whole),
        ClassTransform.transformingMethods(
            this::isIt,
            (builder, element) -> {
              if (element instanceof CodeModel) {
                replaced.incrementAndGet();
                builder.withCode(code -> code.loadConstant(answer ? 1 : 0).ireturn());
              } else {
                builder.with(element);
              }
            }));
  }

  private boolean isIt(MethodModel candidate) {
    return candidate.methodName().equalsString(method)
        && candidate.methodType().stringValue().endsWith(")Z");
  }
}
