-- A secret that the app may have been told: good from before it is told until it takes the place of the current one.
ALTER TABLE connect_app ADD COLUMN next_sealed_secret BLOB;
