#include "trace_dag.h"

#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "output.h"

enum { ID = 48, TEXT = 64 };

/* A task of ours, or what lies between two of them. */
struct node {
    char id[ID];                   /* "task_RANK_NUMBER", "mpi_..." */
    char name[TEXT], shapes[TEXT]; /* name empty: not ours */
    int rank, worker, priority;
    double start, end;    /* ms */
    size_t first, arrows; /* of those that leave it */
    size_t seen;          /* the last walk that came here, counted from 1 */
};

struct arrow {
    size_t from, to;
};

struct dag {
    struct node *node;
    struct arrow *arrow;
    size_t nodes, arrows, room; /* room: nodes that there is memory for */
    size_t *stack;
    struct hsearch_data index; /* id -> node */
    tg_trace_color *color_of;
};

static size_t count_lines(FILE *file, const char *part)
{
    char *line = NULL;
    size_t size = 0, lines = 0;

    while (getline(&line, &size, file) >= 0)
        lines += strstr(line, part) != NULL;
    free(line);
    rewind(file);
    return lines;
}

/* Find a node, or add it. */
static struct node *node_of(struct dag *dag, const char *id)
{
    struct node *node = &dag->node[dag->nodes];
    ENTRY *found, entry = {.key = node->id, .data = node};

    snprintf(node->id, sizeof node->id, "%s", id);
    if (!hsearch_r(entry, ENTER, &found, &dag->index))
        return NULL; /* cannot be: there is room for all */
    dag->nodes += found->data == node;
    return found->data;
}

/* One "Key: value" of tasks.rec, about the task being read. */
static void read_field(const char *line, struct node *task)
{
    sscanf(line, "Name: %63s", task->name);
    if (sscanf(line, "JobId: %40s", task->id + 5) == 1)
        memcpy(task->id, "task_", 5);
    sscanf(line, "MPIRank: %d", &task->rank);
    sscanf(line, "WorkerId: %d", &task->worker);
    sscanf(line, "Priority: %d", &task->priority);
    sscanf(line, "StartTime: %lf", &task->start);
    sscanf(line, "EndTime: %lf", &task->end);
    sscanf(line, "Parameters: %63[^\n]", task->shapes);
}

static void read_tasks(struct dag *dag, FILE *file)
{
    const struct node none = {.name = ""};
    struct node task = none;
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, file) >= 0) {
        read_field(line, &task);
        if (*line != '\n')
            continue;
        if (task.rank < 0) /* as it is of a single process */
            task.rank = 0;
        if (*task.id && *task.name && *task.name != '_')
            *node_of(dag, task.id) = task;
        task = none;
    }
    free(line);
}

static void read_arrows(struct dag *dag, FILE *file)
{
    char *line = NULL, from[ID], to[ID];
    size_t size = 0;

    while (getline(&line, &size, file) >= 0) {
        if (sscanf(line, " \"%47[^\"]\"->\"%47[^\"]\"", from, to) != 2)
            continue;
        dag->arrow[dag->arrows++] =
            (struct arrow){(size_t)(node_of(dag, from) - dag->node),
                           (size_t)(node_of(dag, to) - dag->node)};
    }
    free(line);
}

static int compare_arrows(const void *left, const void *right)
{
    const struct arrow *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

static void sort_arrows(struct dag *dag)
{
    qsort(dag->arrow, dag->arrows, sizeof *dag->arrow, compare_arrows);
    for (size_t a = dag->arrows; a-- > 0;) {
        struct node *node = &dag->node[dag->arrow[a].from];

        node->first = a;
        node->arrows++;
    }
}

static int read_all(struct dag *dag, FILE *tasks, FILE *edges)
{
    size_t arrows = count_lines(edges, "->");

    dag->room = count_lines(tasks, "JobId: ") + 2 * arrows + 1;
    dag->node = calloc(dag->room, sizeof *dag->node);
    dag->arrow = calloc(arrows + 1, sizeof *dag->arrow);
    dag->stack = calloc(dag->room, sizeof *dag->stack);
    if (!dag->node || !dag->arrow || !dag->stack ||
        !hcreate_r(2 * dag->room, &dag->index))
        return tg_fail(TG_EMEMORY, "--trace: out of memory for the task graph");
    read_tasks(dag, tasks);
    read_arrows(dag, edges);
    sort_arrows(dag);
    return TG_OK;
}

/* ---- Writing ---------------------------------------------------------- */

static bool is_dark(int color)
{
    int red = color >> 16, green = color >> 8 & 255, blue = color & 255;

    return 299 * red + 587 * green + 114 * blue < 150000;
}

static void write_task(FILE *file, tg_trace_color *color_of,
                       const struct node *task)
{
    int color = color_of(task->name);

    fprintf(file,
            "\t\t\"%s\" [label=\"%s\", fillcolor=\"#%06x\", fontcolor=%s, "
            "tooltip=\"%s %s, priority %d, worker %d, %.3f ms\"];\n",
            task->id, task->name, (unsigned)color,
            is_dark(color) ? "white" : "black", task->name, task->shapes,
            task->priority, task->worker, task->end - task->start);
}

static void write_rank(FILE *file, const struct dag *dag, int rank)
{
    fprintf(file,
            "\tsubgraph cluster_%d {\n"
            "\t\tlabel=\"rank %d\";\n\t\tcolor=\"#cccccc\";\n",
            rank, rank);
    for (size_t i = 0; i < dag->nodes; i++)
        if (*dag->node[i].name && dag->node[i].rank == rank)
            write_task(file, dag->color_of, &dag->node[i]);
    fputs("\t}\n", file);
}

/* Arrows from one task to the next ones of ours, through all others. */
static void write_arrows(FILE *file, struct dag *dag, size_t from)
{
    size_t depth = 0;

    dag->stack[depth++] = from;
    while (depth > 0) {
        const struct node *at = &dag->node[dag->stack[--depth]];

        for (size_t a = at->first; a < at->first + at->arrows; a++) {
            struct node *to = &dag->node[dag->arrow[a].to];

            if (to->seen == from + 1)
                continue;
            to->seen = from + 1;
            if (!*to->name)
                dag->stack[depth++] = dag->arrow[a].to;
            else
                fprintf(file, "\t\"%s\" -> \"%s\"%s;\n", dag->node[from].id,
                        to->id,
                        to->rank == dag->node[from].rank ? ""
                                                         : " [style=dashed]");
        }
    }
}

static void write_all(FILE *file, struct dag *dag)
{
    int ranks = 0;

    for (size_t i = 0; i < dag->nodes; i++)
        if (*dag->node[i].name && dag->node[i].rank >= ranks)
            ranks = dag->node[i].rank + 1;
    fputs("digraph starpu_ridge {\n\tnodesep=0.12;\n\tranksep=0.3;\n"
          "\tnewrank=true;\n"
          "\tfontname=\"Helvetica,Arial,sans-serif\";\n"
          "\tnode [style=filled, color=\"#00000040\", "
          "fontname=\"Helvetica,Arial,sans-serif\"];\n"
          "\tedge [color=\"#666666\", arrowsize=0.7];\n",
          file);
    for (int rank = 0; rank < ranks; rank++)
        write_rank(file, dag, rank);
    for (size_t i = 0; i < dag->nodes; i++)
        if (*dag->node[i].name)
            write_arrows(file, dag, i);
    fputs("}\n", file);
}

static FILE *open_input(const char *path)
{
    FILE *file = fopen(path, "r");

    if (!file)
        tg_fail(TG_EIO, "--trace: %s: cannot be read: %s", path,
                strerror(errno));
    return file;
}

int tg_trace_dag(const char *tasks, const char *edges, tg_trace_color *color_of,
                 const char *path)
{
    FILE *task_file = open_input(tasks), *edge_file = open_input(edges);
    struct dag dag = {.color_of = color_of};
    struct tg_output output = {0};
    int err = TG_EIO;

    if (task_file && edge_file)
        err = read_all(&dag, task_file, edge_file);
    if (!err)
        err = tg_output_open(&output, path);
    if (!err) {
        write_all(output.file, &dag);
        err = tg_output_commit(&output);
    }
    tg_output_discard(&output);
    if (task_file)
        fclose(task_file);
    if (edge_file)
        fclose(edge_file);
    hdestroy_r(&dag.index);
    free(dag.node);
    free(dag.arrow);
    free(dag.stack);
    return err;
}
