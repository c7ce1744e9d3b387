/* Execution traces: FxT on all ranks, converted into what ViTE and graphviz
 * open.  StarPU records only where it was built with FxT. */
#ifndef TG_TRACE_H
#define TG_TRACE_H

/* Before StarPU starts: make `folder` (rank 0), and tell StarPU to record into
 * it.  Every rank calls it; a barrier must follow before StarPU starts.
 * Errors: TG_EUNAVAILABLE (no FxT in this StarPU), TG_ECANTCREAT. */
int tg_trace_prepare(const char *folder, int rank);

/* The colour of tasks of a name, 0xRRGGBB. */
typedef int tg_trace_color(const char *name);

/* Once StarPU has stopped on all ranks, on rank 0: convert all ranks' records
 * into folder/paje.trace and folder/dag.dot, and remove everything else of it.
 * Errors: TG_EUNAVAILABLE (starpu_fxt_tool is missing or fails), TG_EIO. */
int tg_trace_convert(const char *folder, tg_trace_color *color_of);

#endif
