module tonnage/lab/consumers/go-franz

go 1.26.0

require (
	github.com/goccy/go-json v0.12.0
	github.com/twmb/franz-go v1.22.2
	github.com/twmb/franz-go/pkg/kmsg v1.15.0
	tonnage/lab/consumers/go-common v0.0.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/pierrec/lz4/v4 v4.1.33 // indirect
)

replace tonnage/lab/consumers/go-common => ../go-common
