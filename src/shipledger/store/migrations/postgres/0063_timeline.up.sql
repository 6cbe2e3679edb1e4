-- Few deployments take more than an hour: these are looked for by their end, all others by their start.
CREATE INDEX deployment_long ON deployment (organization_id, ended_us, started_us)
WHERE ended_us - started_us > 3600000000 AND started_us > -2305843009213693952;

CREATE INDEX incident_ended ON incident (organization_id, ended_us, started_us) WHERE ended_us IS NOT NULL;
