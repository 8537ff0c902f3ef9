/*
 * libFuzzer over what is read back from the state topic.
 */
#include "state_property.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    (void)property_state(bytes, size);
    return 0;
}
