/* Named tensors in memory, of the types that files of them hold: rows of
 * numbers, whatever they mean. */
#ifndef TG_TENSOR_H
#define TG_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

/* What to do about a file of tensors that is damaged, or is none. */
#define TG_MODEL_AGAIN "; copy the model again, or train again"
#define TG_MODEL_OTHER "; give a file that starpu_ridge --model wrote"

#define TG_TENSOR_RANK 8 /* dimensions, at most */

/* name in files, bytes of a value */
#define TG_DTYPE_MAP(X)                                                        \
    X(F64, 8)                                                                  \
    X(F32, 4)                                                                  \
    X(I64, 8)                                                                  \
    X(U64, 8)                                                                  \
    X(I32, 4)                                                                  \
    X(U32, 4)                                                                  \
    X(I16, 2)                                                                  \
    X(U16, 2)                                                                  \
    X(I8, 1)                                                                   \
    X(U8, 1)

enum tg_dtype {
#define X(name, size) TG_DTYPE_##name,
    TG_DTYPE_MAP(X)
#undef X
};

struct tg_tensor {
    char *name;
    enum tg_dtype type;
    int rank;
    size_t shape[TG_TENSOR_RANK]; /* row-major: the last is the fastest */
    void *data;
};

/* What a type is called in files; the type of such a name, false: none. */
const char *tg_dtype_name(enum tg_dtype type);
bool tg_dtype_find(const char *name, enum tg_dtype *type);

/* Bytes of a value. */
size_t tg_dtype_size(enum tg_dtype type);

/* Bytes that a shape takes; false: more than a size_t holds. */
bool tg_dtype_bytes(enum tg_dtype type, int rank, const size_t shape[],
                    size_t *bytes);

/* Allocate a tensor of zeros; the name is copied.
 * Errors: TG_EMEMORY; nothing to free then. */
int tg_tensor_init(struct tg_tensor *tensor, const char *name,
                   enum tg_dtype type, int rank, const size_t shape[]);

/* Values; bytes of all of them. */
size_t tg_tensor_count(const struct tg_tensor *tensor);
size_t tg_tensor_bytes(const struct tg_tensor *tensor);

/* Is none of its values NaN or infinity?  No integer is. */
bool tg_tensor_is_finite(const struct tg_tensor *tensor);

void tg_tensor_free(struct tg_tensor *tensor);

#endif
