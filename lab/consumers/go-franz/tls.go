package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	lab "tonnage/lab/consumers/go-common"
)

// trusting is what a client dials with that trusts the certificate in this file alone.
func trusting(file string) *tls.Config {
	pem, err := os.ReadFile(file)
	if err != nil {
		lab.Fail(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		lab.Fail(fmt.Errorf("%s has no certificate", file))
	}
	return &tls.Config{RootCAs: roots}
}
