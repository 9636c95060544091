"""Override: two roles admit one request that the gate left waiting for an officer."""
