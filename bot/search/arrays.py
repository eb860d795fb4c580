"""Names for the array types of the search."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Unsigned = NDArray[np.uint32]
Shorts = NDArray[np.int16]
Floats = NDArray[np.float32]
Ids = NDArray[np.bytes_]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
SmallInts = NDArray[np.int8]
UInt64s = NDArray[np.uint64]
