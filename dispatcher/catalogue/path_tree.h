/*
 * All prefixes of a set of paths as one tree, numbered so that a node stands
 * before what is below it and everything below it stands together.
 *
 *   0 (empty)  1 city  2 city/east  3 city/west  4 port
 */
#ifndef DISPATCHER_PATH_TREE_H
#define DISPATCHER_PATH_TREE_H

#include <stddef.h>
#include <stdint.h>

struct path_node {
    char *text;
    uint32_t parent; /* of the root: the root */
    uint32_t end;    /* one past the last node below it */
    uint32_t depth;  /* steps */
};

struct path_tree {
    struct path_node *nodes; /* the root, the empty path, is nodes[0] */
    size_t n;
};

/* Makes the tree of `n` paths, which it sorts in place. */
void path_tree_init(struct path_tree *tree, const char **paths, size_t n);
void path_tree_deinit(struct path_tree *tree);

/* The node of a path that the tree was made of. */
uint32_t path_tree_find(const struct path_tree *tree, const char *path);

#endif
