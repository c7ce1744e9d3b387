/* What libraries say where it helps nobody. */
#ifndef TG_HUSH_H
#define TG_HUSH_H

/* Nothing reaches standard error from here on; until the end, which takes what
 * the beginning gave. */
int tg_hush_begin(void);
void tg_hush_end(int kept);

#endif
