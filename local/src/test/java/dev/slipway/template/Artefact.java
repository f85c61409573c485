package dev.slipway.template;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The compiled code that a function's zip brings along, and which of it can run.
 *
 * <p>Starting with what Lambda calls, the handler's constructor and its method, this follows every
 * call into Slipway's own classes. A call through an interface or a superclass leads to the classes
 * that were created somewhere on the way; a lambda leads to its body. That errs on the side of too
 * much: what may run is found, and a little that never does.
 */
final class Artefact {

  private static final String OURS = "dev/slipway/";

  /** A method, as class files name it. */
  record Method(String owner, String name, String descriptor) {
    @Override
    public String toString() {
      return owner.replace('/', '.') + "." + name;
    }
  }

  /**
   * A call.
   *
   * @param arguments the constant that is given as this argument, if it is one: a text, or the name
   *     of a static field
   */
  record Call(Method in, Method to, List<Optional<String>> arguments) {}

  private final Path zip;
  private final Map<String, ClassModel> classes = new HashMap<>();

  private Artefact(Path zip) {
    this.zip = zip;
  }

  /**
   * @throws AssertionError if it is not packaged yet
   */
  static Artefact of(Path zip) {
    if (!Files.isRegularFile(zip)) {
      throw new AssertionError(
          zip + " is missing: these tests read the packaged functions, so run mvn verify");
    }
    Artefact artefact = new Artefact(zip);
    try (InputStream file = Files.newInputStream(zip)) {
      artefact.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return artefact;
  }

  private void read(InputStream archive) throws IOException {
    ZipInputStream entries = new ZipInputStream(archive);
    for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
      String name = entry.getName();
      if (name.startsWith(OURS) && name.endsWith(".class")) {
        ClassModel model = ClassFile.of().parse(entries.readAllBytes());
        classes.put(model.thisClass().asInternalName(), model);
      } else if (name.matches("lib/slipway-[^/]+\\.jar")) {
        read(new ByteArrayInputStream(entries.readAllBytes()));
      }
    }
  }

  boolean has(String className) {
    return classes.containsKey(className.replace('.', '/'));
  }

  boolean implementsInterface(String className, String interfaceName) {
    ClassModel model = classes.get(className.replace('.', '/'));
    return model != null
        && model.interfaces().stream()
            .anyMatch(one -> one.asInternalName().equals(interfaceName.replace('.', '/')));
  }

  /**
   * Every call that can be reached from this handler, calls out of Slipway's code included.
   *
   * @param handler as the template writes it: {@code package.Class::method}
   */
  List<Call> callsFrom(String handler) {
    return new Walk(handler).calls;
  }

  /** Whether the class is, or inherits from, or implements this type; both by internal names. */
  private boolean is(String type, String supertype) {
    if (type.equals(supertype)) {
      return true;
    }
    ClassModel model = classes.get(type);
    return model != null
        && (model.superclass().filter(s -> is(s.asInternalName(), supertype)).isPresent()
            || model.interfaces().stream().anyMatch(i -> is(i.asInternalName(), supertype)));
  }

  /** The walk through the code, from one handler. */
  private final class Walk {
    final List<Call> calls = new ArrayList<>();
    private final Set<Method> seen = new LinkedHashSet<>();
    private final Deque<Method> next = new ArrayDeque<>();
    private final Set<String> created = new LinkedHashSet<>();
    private final Set<Method> virtual = new LinkedHashSet<>();

    Walk(String handler) {
      String[] parts = handler.split("::");
      String owner = parts[0].replace('.', '/');
      ClassModel model = classes.get(owner);
      if (model == null) {
        throw new AssertionError(zip + " has no class " + parts[0]);
      }
      create(owner);
      for (MethodModel method : model.methods()) {
        String name = method.methodName().stringValue();
        String descriptor = method.methodType().stringValue();
        if (name.equals(parts[1]) || (name.equals("<init>") && descriptor.equals("()V"))) {
          enter(new Method(owner, name, descriptor));
        }
      }
      while (!next.isEmpty()) {
        follow(next.remove());
      }
    }

    private void enter(Method method) {
      if (classes.containsKey(method.owner()) && seen.add(method)) {
        next.add(method);
      }
    }

    private void initialise(String owner) {
      enter(new Method(owner, "<clinit>", "()V"));
    }

    private void create(String type) {
      if (!classes.containsKey(type) || !created.add(type)) {
        return;
      }
      initialise(type);
      virtual.stream()
          .filter(call -> is(type, call.owner()))
          .forEach(call -> resolve(type, call.name(), call.descriptor()));
      // What others call back: compareTo, run, close and so on.
      if (!outside(type).isEmpty()) {
        for (MethodModel method : classes.get(type).methods()) {
          Method own =
              new Method(
                  type, method.methodName().stringValue(), method.methodType().stringValue());
          if (outside(type).contains(own.name())) {
            enter(own);
          }
        }
      }
    }

    /** Names of the methods that types outside of Slipway declare for this class. */
    private Set<String> outside(String type) {
      Set<String> names = new LinkedHashSet<>();
      ClassModel model = classes.get(type);
      if (model == null) {
        try {
          for (var method :
              Class.forName(type.replace('/', '.'), false, Artefact.class.getClassLoader())
                  .getMethods()) {
            names.add(method.getName());
          }
        } catch (ClassNotFoundException | NoClassDefFoundError unknown) {
          throw new AssertionError(
              "The tests of module local must be able to see " + type + ", which a function uses");
        }
        return names;
      }
      model
          .superclass()
          .ifPresent(superclass -> names.addAll(outside(superclass.asInternalName())));
      model.interfaces().forEach(one -> names.addAll(outside(one.asInternalName())));
      return names;
    }

    /** Enters the method that a class has or inherits. */
    private void resolve(String type, String name, String descriptor) {
      ClassModel model = classes.get(type);
      if (model == null) {
        return;
      }
      boolean own =
          model.methods().stream()
              .anyMatch(method ->
                  method.methodName().equalsString(name)
                      && method.methodType().equalsString(descriptor));
      if (own) {
        enter(new Method(type, name, descriptor));
        return;
      }
      model
          .superclass()
          .ifPresent(superclass -> resolve(superclass.asInternalName(), name, descriptor));
      model.interfaces().forEach(one -> resolve(one.asInternalName(), name, descriptor));
    }

    private void call(Method to, boolean dispatched) {
      initialise(to.owner());
      resolve(to.owner(), to.name(), to.descriptor());
      if (dispatched && classes.containsKey(to.owner()) && virtual.add(to)) {
        List.copyOf(created).stream()
            .filter(type -> is(type, to.owner()))
            .forEach(type -> resolve(type, to.name(), to.descriptor()));
      }
    }

    private void follow(Method method) {
      MethodModel model =
          classes.get(method.owner()).methods().stream()
              .filter(one ->
                  one.methodName().equalsString(method.name())
                      && one.methodType().equalsString(method.descriptor()))
              .findFirst()
              .orElse(null);
      if (model == null || model.findAttribute(Attributes.code()).isEmpty()) {
        return;
      }
      List<Instruction> code = new ArrayList<>();
      for (CodeElement element : model.code().orElseThrow()) {
        if (element instanceof Instruction instruction) {
          code.add(instruction);
        }
      }
      for (int i = 0; i < code.size(); i++) {
        switch (code.get(i)) {
          case InvokeInstruction invoke -> {
            Method to =
                new Method(
                    invoke.owner().asInternalName(),
                    invoke.name().stringValue(),
                    invoke.type().stringValue());
            calls.add(new Call(method, to, arguments(code, i, invoke)));
            call(
                to,
                invoke.opcode() == Opcode.INVOKEVIRTUAL
                    || invoke.opcode() == Opcode.INVOKEINTERFACE);
          }
          case InvokeDynamicInstruction dynamic ->
              dynamic
                  .bootstrapArgs()
                  .forEach(argument -> {
                    if (argument instanceof DirectMethodHandleDesc handle) {
                      handle(method, handle);
                    }
                  });
          case NewObjectInstruction created -> create(created.className().asInternalName());
          case FieldInstruction field -> initialise(field.owner().asInternalName());
          default -> {}
        }
      }
    }

    /** The body of a lambda, or the method of a method reference. */
    private void handle(Method in, DirectMethodHandleDesc handle) {
      String owner = handle.owner().descriptorString();
      Method to =
          new Method(
              owner.substring(1, owner.length() - 1),
              handle.methodName(),
              handle.lookupDescriptor());
      if (handle.methodName().equals("<init>")) {
        create(to.owner());
      }
      if (!handle.methodName().startsWith("lambda$")) {
        List<Optional<String>> unknown = new ArrayList<>();
        handle.invocationType().parameterList().forEach(type -> unknown.add(Optional.empty()));
        calls.add(new Call(in, to, unknown));
      }
      call(
          to,
          switch (handle.kind()) {
            case VIRTUAL, INTERFACE_VIRTUAL -> true;
            default -> false;
          });
    }
  }

  /** The arguments of the call at this index that are constants, read backwards from it. */
  private static List<Optional<String>> arguments(
      List<Instruction> code, int index, InvokeInstruction invoke) {
    int count = invoke.typeSymbol().parameterCount();
    Map<Integer, Optional<String>> found = new LinkedHashMap<>();
    int at = index - 1;
    for (int argument = count - 1; argument >= 0; argument--) {
      int end = at;
      int needed = 1;
      while (at >= 0 && needed > 0) {
        int[] effect = effect(code.get(at));
        if (effect == null) {
          // A branch: this argument and those before it are no constants.
          return padded(found, count);
        }
        needed += effect[0] - effect[1];
        at--;
      }
      found.put(argument, end == at + 1 ? constant(code.get(end)) : Optional.empty());
    }
    return padded(found, count);
  }

  private static List<Optional<String>> padded(Map<Integer, Optional<String>> found, int count) {
    List<Optional<String>> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.add(found.getOrDefault(i, Optional.empty()));
    }
    return arguments;
  }

  private static Optional<String> constant(Instruction instruction) {
    return switch (instruction) {
      case ConstantInstruction constant when constant.constantValue() instanceof String text ->
          Optional.of(text);
      case FieldInstruction field when field.opcode() == Opcode.GETSTATIC ->
          Optional.of(field.name().stringValue());
      default -> Optional.empty();
    };
  }

  /** How many values an instruction takes and gives; null where the code branches. */
  private static int[] effect(Instruction instruction) {
    return switch (instruction) {
      case ConstantInstruction constant -> new int[] {0, 1};
      case LoadInstruction load -> new int[] {0, 1};
      case FieldInstruction field ->
          switch (field.opcode()) {
            case GETSTATIC -> new int[] {0, 1};
            case GETFIELD -> new int[] {1, 1};
            case PUTSTATIC -> new int[] {1, 0};
            default -> new int[] {2, 0};
          };
      case InvokeInstruction invoke ->
          new int[] {
            invoke.typeSymbol().parameterCount() + (invoke.opcode() == Opcode.INVOKESTATIC ? 0 : 1),
            invoke.typeSymbol().returnType().descriptorString().equals("V") ? 0 : 1
          };
      case InvokeDynamicInstruction dynamic -> new int[] {dynamic.typeSymbol().parameterCount(), 1};
      case NewObjectInstruction created -> new int[] {0, 1};
      case NewReferenceArrayInstruction array -> new int[] {1, 1};
      case NewPrimitiveArrayInstruction array -> new int[] {1, 1};
      case ArrayLoadInstruction load -> new int[] {2, 1};
      case ArrayStoreInstruction store -> new int[] {3, 0};
      case TypeCheckInstruction check -> new int[] {1, 1};
      case ConvertInstruction convert -> new int[] {1, 1};
      case OperatorInstruction operator ->
          switch (operator.opcode()) {
            case INEG, LNEG, FNEG, DNEG, ARRAYLENGTH -> new int[] {1, 1};
            default -> new int[] {2, 1};
          };
      case StackInstruction stack when stack.opcode() == Opcode.DUP -> new int[] {1, 2};
      case StackInstruction stack when stack.opcode() == Opcode.POP -> new int[] {1, 0};
      default -> null;
    };
  }
}
