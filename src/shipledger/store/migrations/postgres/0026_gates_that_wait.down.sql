DROP INDEX gate_awaiting;
