module tonnage/lab/consumers/go-kafka-go

go 1.26.0

require (
	github.com/go-playground/validator/v10 v10.30.6
	github.com/segmentio/kafka-go v0.4.51
	tonnage/lab/consumers/go-common v0.0.0
)

require (
	github.com/gabriel-vasile/mimetype v1.4.16 // indirect
	github.com/go-playground/locales v0.14.2 // indirect
	github.com/go-playground/universal-translator v0.18.2 // indirect
	github.com/klauspost/compress v1.15.9 // indirect
	github.com/leodido/go-urn v1.5.0 // indirect
	github.com/pierrec/lz4/v4 v4.1.15 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace tonnage/lab/consumers/go-common => ../go-common
