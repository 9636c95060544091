"""The service: the processes, their configuration, the queue and the clock.

`processes` starts the others and stops them; `gateway_process` and `office_process` are what it
starts, `worker` what the office starts beside itself.
"""
