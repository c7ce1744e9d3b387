/* The task graph of a recorded run, for graphviz. */
#ifndef TG_TRACE_DAG_H
#define TG_TRACE_DAG_H

#include "trace.h"

/* Write the graph of our own tasks: a cluster a rank, a colour a stage, dashed
 * where data travel between ranks, and each task's shape, priority, worker and
 * milliseconds as its tooltip.  StarPU's graph also has its own bookkeeping
 * and the transfers as nodes: arrows lead through them here.
 * tasks: the converter's tasks.rec; edges: its dag.dot; path: the file written,
 * which may be `edges`; color_of: as in trace.h.
 * Errors: TG_EIO (can't be read), TG_ECANTCREAT, TG_EMEMORY. */
int tg_trace_dag(const char *tasks, const char *edges, tg_trace_color *color_of,
                 const char *path);

#endif
