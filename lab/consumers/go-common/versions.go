package lab

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// versions are those that were built in.
func versions(library Library) map[string]string {
	found := map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go")}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return found
	}
	for _, module := range info.Deps {
		if name, ok := library.Modules[module.Path]; ok {
			found[name] = strings.TrimPrefix(module.Version, "v")
		}
	}
	return found
}
