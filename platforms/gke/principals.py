"""Who is who at Google: names of principals, and the roles that each is given. Pure; tests hold it to its table."""

KEY_USE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
IMAGE_READING = "roles/artifactregistry.reader"
NODE_DEFAULT = "roles/container.defaultNodeServiceAccount"
KEY_READING = "roles/cloudkms.viewer"
SECRET_READING = "roles/secretmanager.secretAccessor"


def service_account_of_pods(project: str, number: str, namespace: str, account: str) -> str:
    """The principal that the pods of a Kubernetes ServiceAccount are: no Google account, no key, nothing to impersonate."""
    pool = f"projects/{number}/locations/global/workloadIdentityPools/{project}.svc.id.goog"
    return f"principal://iam.googleapis.com/{pool}/subject/ns/{namespace}/sa/{account}"


def cluster_agent(number: str) -> str:
    """Google's own account that runs the project's clusters."""
    return f"serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com"


def node_account_id(base: str) -> str:
    """The account of the nodes; Google allows 6 to 30 characters."""
    return f"{base}-node"[:30].rstrip("-")


def node_principal(base: str, project: str) -> str:
    return f"serviceAccount:{node_account_id(base)}@{project}.iam.gserviceaccount.com"
