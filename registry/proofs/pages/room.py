"""What the pages of this room share: the blueprint."""

from flask import Blueprint

blueprint = Blueprint("proofs", "registry.proofs.pages", template_folder="../templates")
