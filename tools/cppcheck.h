/* What cppcheck must know of libraries that it cannot read: given to it with --include, never compiled. */
#define json_array_foreach(array, index, value)                                                                        \
  for (index = 0; (value = json_array_get(array, index)) != NULL; index++)
#define json_object_foreach(object, key, value)                                                                        \
  for (key = json_first_key(object); (value = json_object_get(object, key)) != NULL; key = json_next_key(object, key))
#define KEY(literal) literal
#define G_GNUC_PRINTF(format, first)
#define G_GNUC_NULL_TERMINATED
#define G_DEFINE_QUARK(name, function)                                                                                 \
  GQuark function##_quark(void) {                                                                                      \
    return 0;                                                                                                          \
  }
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(type, function)
