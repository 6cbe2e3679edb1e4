"""The query language of the list of incidents. Pure; what it costs is bounded.

https://support.atlassian.com/opsgenie/docs/search-syntax-for-incidents has the vendor's fields and examples.
"""

from shipledger.protocols.opsgenie.incident_query.fields import FIELDS
from shipledger.protocols.opsgenie.incident_query.match import Asked, matches
from shipledger.protocols.opsgenie.incident_query.parse import DEPTH_LIMIT, LENGTH_LIMIT, TERMS_LIMIT, read_query
from shipledger.protocols.opsgenie.incident_query.tree import Node, conditions_of, start_bounds

__all__ = [
    "DEPTH_LIMIT",
    "FIELDS",
    "LENGTH_LIMIT",
    "TERMS_LIMIT",
    "Asked",
    "Node",
    "conditions_of",
    "matches",
    "read_query",
    "start_bounds",
]
