package lab

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"
)

// newPriceClient keeps every connection: Go's default of two idle ones per host would close all but those.
func newPriceClient() *http.Client {
	return &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: math.MaxInt},
	}
}

func (k *worker) askPrices(client *http.Client, s Settings) step {
	return func(Event) error {
		address := s.StubURL + "/price?sku=" + url.QueryEscape(k.order.Items[0].SKU)
		for range s.IOCalls {
			if err := askPrice(client, address); err != nil {
				return err
			}
			k.callsMade++
		}
		return nil
	}
}

func askPrice(client *http.Client, address string) error {
	response, err := client.Get(address)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, response.Status)
	}
	return nil
}
