package platform

import (
	"cmp"
	"runtime"
)

// Build says which program this is, in /version, in logs and in metrics.
type Build struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	Revision  string `json:"revision"`
	BuildDate string `json:"buildDate"`
	Runtime   string `json:"runtime"`
}

// NewBuild takes what was built in, unless the environment knows better.
func NewBuild(name, version, revision, buildDate string, getenv func(string) string) Build {
	return Build{
		Name:      name,
		Version:   cmp.Or(getenv("SERVICE_VERSION"), version),
		Revision:  cmp.Or(getenv("SERVICE_REVISION"), revision),
		BuildDate: cmp.Or(getenv("SERVICE_BUILD_DATE"), buildDate),
		Runtime:   runtime.Version(),
	}
}
