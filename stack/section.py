"""What every section of the settings is built on, and the words that all sections share."""

from enum import Enum

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Target(str, Enum):
    """Where the platform runs."""

    MINIKUBE = "minikube"
    EKS = "eks"
    GKE = "gke"


class Environment(str, Enum):
    """What the platform is for."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Section(BaseModel):
    """A mapping of the stack file: keys in camelCase, none unknown, frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, str_strip_whitespace=True)
