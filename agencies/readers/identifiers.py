"""Child identifiers as the readers use them: the contract's normalisation (`models.contract.normalise`).

An identifier that fails is left out with a warning: the event is still evidence, it only cannot be linked.
"""

from models.contract.normalise import BadIdentifier, demographic, local_id, nhs_number, upn

__all__ = ["BadIdentifier", "demographic", "local_id", "nhs_number", "upn"]
