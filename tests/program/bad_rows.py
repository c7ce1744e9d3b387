"""The table of bad input: every row a way to go wrong, the command line, the
exit status, and what the message must say.  The files beside it hold the rows,
by topic."""
from bad_rows_arrays import npy_rows
from bad_rows_features import feature_rows
from bad_rows_idx import cifar_rows, gz_rows, idx_rows
from bad_rows_models import mismatch_rows, model_rows
from bad_rows_options import environment_rows, option_rows
from bad_rows_outputs import disk_rows, output_rows
from bad_rows_pictures import picture_rows
from bad_rows_places import place_rows
from bad_rows_shards import shard_rows


def table(good):
    """All rows; good: the bytes of a model trained on good.npy."""
    rows = [*idx_rows(), *gz_rows(), *cifar_rows(), *picture_rows(),
            *npy_rows(), *shard_rows(), *model_rows(good), *mismatch_rows(),
            *feature_rows(), *place_rows(), *output_rows(), *disk_rows(),
            *option_rows(), *environment_rows()]
    assert len({each.name for each in rows}) == len(rows)
    return rows
