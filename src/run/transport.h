/* How OpenMPI is to carry messages between the ranks of one node, in
 * surroundings in which its own choice fails, or speaks: containers with little
 * shared memory, or with system calls forbidden. */
#ifndef TG_TRANSPORT_H
#define TG_TRANSPORT_H

#include <stdbool.h>

/* Before MPI starts, of a job on one node: the list of transports for its so
 * many ranks, as OMPI_MCA_btl wants it; what else they need is set in the
 * environment, where the user has not. */
const char *tg_transport_local(int ranks);

/* The same for a job of many nodes, so many ranks here: what fails is left
 * out of OpenMPI's choice. */
void tg_transport_spread(int ranks);

/* Before MPI starts: what else it would stumble over. `openmpi`: it is an
 * OpenMPI's daemon that started this process. */
void tg_transport_prepare(bool openmpi);

#endif
