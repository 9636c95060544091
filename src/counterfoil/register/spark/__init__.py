"""An engine past one machine: the calls of a worker, answered by any Spark Connect endpoint."""
