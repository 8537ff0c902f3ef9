/*
 * Sorted paths, with their prefixes put in between.
 */
#include "path_tree.h"

#include "memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The order of the nodes: bytewise, but the slash before all others, so that
 * "a/b" stands below "a" and not behind "a!". */
static int compare_paths(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    int left = *a == '/' ? 1 : (unsigned char)*a + (*a != '\0');
    int right = *b == '/' ? 1 : (unsigned char)*b + (*b != '\0');
    return left - right;
}

static int compare_texts(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return compare_paths(*left, *right);
}

/* Whether the path is the node's or below it. */
static bool is_below(const char *path, const char *node)
{
    size_t size = strlen(node);

    return size == 0 || (strncmp(path, node, size) == 0 &&
                         (path[size] == '\0' || path[size] == '/'));
}

static uint32_t add_node(struct path_tree *tree, const char *path, size_t size,
                         uint32_t parent)
{
    uint32_t i = (uint32_t)tree->n++;
    struct path_node *node;

    /* Doubled whenever the number is a power of two. */
    if ((i & (i - 1)) == 0)
        tree->nodes =
            memory_grow(tree->nodes, i == 0 ? 1 : 2 * (size_t)i, sizeof *node);
    node = &tree->nodes[i];
    *node = (struct path_node){.text = memory_new(size + 1), .parent = parent};
    memcpy(node->text, path, size);
    node->depth = i == 0 ? 0 : tree->nodes[parent].depth + 1;
    return i;
}

/* Adds a path below the last node that is a prefix of it. */
static void add_path(struct path_tree *tree, const char *path)
{
    uint32_t at = (uint32_t)tree->n - 1;

    while (!is_below(path, tree->nodes[at].text))
        at = tree->nodes[at].parent;
    size_t size = strlen(tree->nodes[at].text);
    while (path[size] != '\0') {
        size += path[size] == '/';
        size += strcspn(path + size, "/");
        at = add_node(tree, path, size, at);
    }
}

void path_tree_init(struct path_tree *tree, const char **paths, size_t n)
{
    *tree = (struct path_tree){0};
    if (n > 0)
        qsort(paths, n, sizeof *paths, compare_texts);
    add_node(tree, "", 0, 0);
    for (size_t i = 0; i < n; i++)
        add_path(tree, paths[i]);
    for (size_t i = tree->n; i-- > 0;) {
        struct path_node *node = &tree->nodes[i];
        struct path_node *parent = &tree->nodes[node->parent];

        if (node->end == 0)
            node->end = (uint32_t)i + 1;
        if (parent->end < node->end)
            parent->end = node->end;
    }
}

void path_tree_deinit(struct path_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        free(tree->nodes[i].text);
    free(tree->nodes);
    *tree = (struct path_tree){0};
}

uint32_t path_tree_find(const struct path_tree *tree, const char *path)
{
    size_t low = 0, high = tree->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_paths(path, tree->nodes[middle].text);

        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    assert(!"a path that the tree was made of");
    return 0;
}
