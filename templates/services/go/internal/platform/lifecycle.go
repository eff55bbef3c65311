package platform

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Serve answers on both ports until ctx ends, then stops without failing a request: it says that it is draining, waits
// for callers to notice, lets requests in flight finish, and closes the admin port last.
// Errors: a port that cannot be had, a server that breaks.
func Serve(ctx context.Context, config Config, public, admin http.Handler, health *Health, log *slog.Logger) error {
	publicServer, err := listen(config.Host, config.HTTPPort, public, log)
	if err != nil {
		return err
	}
	defer publicServer.listener.Close()
	adminServer, err := listen(config.Host, config.AdminPort, admin, log)
	if err != nil {
		return err
	}
	defer adminServer.listener.Close()

	go publicServer.serve()
	go adminServer.serve()
	health.Set(Ready)
	log.Info("ready", "http_port", config.HTTPPort, "admin_port", config.AdminPort)

	select {
	case err := <-publicServer.ended:
		return err
	case err := <-adminServer.ended:
		return err
	case <-ctx.Done():
	}

	health.Set(Draining)
	log.Info("draining", "drain", config.ShutdownDrain.String(), "timeout", config.ShutdownTimeout.String())
	time.Sleep(config.ShutdownDrain)
	if err := publicServer.stop(time.Second, config.ShutdownTimeout); err != nil {
		log.Warn("requests were cut off", "error", err.Error())
	}
	if err := adminServer.stop(0, time.Second); err != nil {
		log.Warn("admin requests were cut off", "error", err.Error())
	}
	log.Info("stopped")
	return nil
}
