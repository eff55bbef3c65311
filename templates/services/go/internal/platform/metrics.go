package platform

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry with the figures of the Go runtime, the process and the build.
func NewRegistry(build Build) *prometheus.Registry {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "build_info",
		Help: "What runs here; always 1.",
		ConstLabels: prometheus.Labels{
			"name":     build.Name,
			"version":  build.Version,
			"revision": build.Revision,
			"runtime":  build.Runtime,
		},
	})
	info.Set(1)
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		info,
	)
	return registry
}
