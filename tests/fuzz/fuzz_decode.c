/*
 * libFuzzer over the decoder. The first byte says how many of the bytes
 * behind it are the key; without that the ticket id would have to be guessed.
 */
#include "decode_property.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char key[256] = "";

    if (size == 0 || size - 1 < bytes[0])
        return 0;
    memcpy(key, bytes + 1, bytes[0]);
    struct arena *a = arena_new(PROPERTY_ARENA_CAP);
    property_decode(a, bytes + 1 + bytes[0], size - 1 - bytes[0], key);
    arena_free(&a);
    return 0;
}
