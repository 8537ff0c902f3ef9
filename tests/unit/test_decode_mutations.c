/*
 * 100,000 broken copies of a ticket: none may crash the decoder, and what it
 * accepts must be sound. The same seed every time.
 */
#include "../fuzz/decode_property.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { CASES = 100000, SAMPLE_SIZE = 1024 };

struct sample {
    uint8_t bytes[SAMPLE_SIZE];
    size_t size;
};

static uint32_t next_random(uint32_t *seed)
{
    /* xorshift32, Marsaglia 2003 */
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A ticket that has every shape of field. */
static void make_created(struct sample *s)
{
    Dispatch__V1__TicketEvent event = DISPATCH__V1__TICKET_EVENT__INIT;
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__Point point = DISPATCH__V1__POINT__INIT;
    Dispatch__V1__Contact contact = DISPATCH__V1__CONTACT__INIT;
    Dispatch__V1__Matter matter = DISPATCH__V1__MATTER__INIT;
    Dispatch__V1__Matter *matters[] = {&matter, &matter};
    Dispatch__V1__Attribute attribute = DISPATCH__V1__ATTRIBUTE__INIT;
    Dispatch__V1__Attribute *attributes[] = {&attribute};
    char *related[] = {(char *)"t0", (char *)"t9"};

    event.event_id = (char *)"e1";
    event.ticket_id = (char *)"t1";
    event.occurred_at = 1540179720000;
    event.kind_case = DISPATCH__V1__TICKET_EVENT__KIND_CREATED;
    event.created = &created;
    created.title = (char *)"路灯不亮";
    created.area = (char *)"110000/110102";
    created.urgency = DISPATCH__V1__URGENCY__URGENCY_URGENT;
    created.location = &point;
    point.latitude = 39.9;
    created.contact = &contact;
    contact.phone = (char *)"555-0100";
    created.matters = matters;
    created.n_matters = 2;
    matter.category = (char *)"a/b";
    attribute.key = (char *)"pole";
    created.attributes = attributes;
    created.n_attributes = 1;
    created.related_ticket_ids = related;
    created.n_related_ticket_ids = 2;
    created.confidential = true;
    s->size = dispatch__v1__ticket_event__pack(&event, s->bytes);
}

static void flip_bit(struct sample *s, uint32_t random)
{
    s->bytes[random % s->size] ^= (uint8_t)(1u << (random >> 29));
}

static void set_byte(struct sample *s, uint32_t random)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xe4};

    s->bytes[random % s->size] = values[(random >> 16) % sizeof(values)];
}

static void cut_end(struct sample *s, uint32_t random)
{
    s->size = 1 + random % s->size;
}

/* Repeats a stretch behind itself: fields twice, lengths that do not fit. */
static void repeat_stretch(struct sample *s, uint32_t random)
{
    size_t at = random % s->size;
    size_t n = 1 + (random >> 16) % 32;

    if (at + n > s->size || s->size + n > SAMPLE_SIZE)
        return;
    memmove(s->bytes + at + n, s->bytes + at, s->size - at);
    s->size += n;
}

static void drop_stretch(struct sample *s, uint32_t random)
{
    size_t at = random % s->size;
    size_t n = 1 + (random >> 16) % 8;

    if (at + n >= s->size)
        return;
    memmove(s->bytes + at, s->bytes + at + n, s->size - at - n);
    s->size -= n;
}

/* Puts Confluent's prefix, sound or not, in front. */
static void put_prefix(struct sample *s, uint32_t random)
{
    size_t n = 6 + (random & 1);

    if (s->size + n > SAMPLE_SIZE)
        return;
    memmove(s->bytes + n, s->bytes, s->size);
    memset(s->bytes, 0, n);
    s->bytes[5] = (uint8_t)(random & 3);
    s->size += n;
}

static void (*const mutations[])(struct sample *s, uint32_t random) = {
    flip_bit, set_byte, cut_end, repeat_stretch, drop_stretch, put_prefix,
};

static void no_mutation_of_a_ticket_breaks_the_decoder(void **state)
{
    (void)state;
    struct arena *a = arena_new(PROPERTY_ARENA_CAP);
    uint32_t seed = 20191107;
    size_t seen[REJECT_COUNT] = {0};
    struct sample whole;

    make_created(&whole);
    assert_int_equal(property_decode(a, whole.bytes, whole.size, "t1"),
                     REJECT_NONE);
    for (int i = 0; i < CASES; i++) {
        struct sample s = whole;

        for (uint32_t n = next_random(&seed) % 3; n < 3; n++)
            mutations[next_random(&seed) % 6](&s, next_random(&seed));
        seen[property_decode(a, s.bytes, s.size, "t1")]++;
    }
    arena_free(&a);
    /* The mutations reach every check that bytes can reach. */
    assert_true(seen[REJECT_NONE] > CASES / 50);
    assert_true(seen[REJECT_BAD_FRAMING] > 0);
    assert_true(seen[REJECT_MALFORMED] > CASES / 10);
    assert_true(seen[REJECT_BAD_TEXT] > 0);
    assert_true(seen[REJECT_MISSING_ID] > 0);
    assert_true(seen[REJECT_KEY_MISMATCH] > 0);
    assert_true(seen[REJECT_INVALID_FIELD] > 0);
}

static void noise_never_breaks_the_decoder(void **state)
{
    (void)state;
    struct arena *a = arena_new(PROPERTY_ARENA_CAP);
    uint32_t seed = 594;

    for (int i = 0; i < CASES / 10; i++) {
        uint8_t bytes[64];

        for (size_t j = 0; j < sizeof(bytes); j++)
            bytes[j] = (uint8_t)(next_random(&seed) >> 24);
        property_decode(a, bytes, next_random(&seed) % 65, "t1");
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mutation_of_a_ticket_breaks_the_decoder),
        cmocka_unit_test(noise_never_breaks_the_decoder),
    };
    return cmocka_run_group_tests_name("decode_mutations", tests, NULL, NULL);
}
