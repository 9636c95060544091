"""The files of an office's keys while they are exchanged, and which of them are in use."""
