// Marks the module's root only: each version of Kubernetes has a file of its own, which `../kubernetes/pin` writes.
module lab/versions

go 1.24.0
