package lab

// Where a step looks at two fields only, they are all that is decoded.

type paidFields struct {
	Type     string `json:"type"`
	Customer struct {
		ID int64 `json:"id"`
	} `json:"customer"`
}

type amountFields struct {
	Customer struct {
		Country string `json:"country"`
	} `json:"customer"`
	Amount float64 `json:"amount"`
}
