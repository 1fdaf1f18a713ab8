package lab

// Order is an event. The zero value of a required field breaks its rule, so that a missing field is found
// without a pointer; only an empty note is valid. The tags are for go-playground/validator, with rules of its
// own for hexid, instant, country and sku.
type Order struct {
	ID         string    `json:"id" validate:"hexid"`
	Type       string    `json:"type" validate:"oneof=order.created order.paid order.shipped order.cancelled"`
	OccurredAt string    `json:"occurred_at" validate:"instant"`
	Customer   Customer  `json:"customer"`
	Amount     float64   `json:"amount" validate:"gt=0,lte=1000000"`
	Items      []Item    `json:"items" validate:"min=1,max=200,dive"`
	Shipping   *Shipping `json:"shipping"`
	Note       *string   `json:"note" validate:"required,max=20000"`
}

type Customer struct {
	ID      int64  `json:"id" validate:"min=1,max=10000000"`
	Name    string `json:"name" validate:"min=1,max=100"`
	Country string `json:"country" validate:"country"`
	Tier    string `json:"tier" validate:"oneof=bronze silver gold platinum"`
}

type Item struct {
	SKU   string   `json:"sku" validate:"sku"`
	Title string   `json:"title" validate:"min=1,max=80"`
	Qty   int64    `json:"qty" validate:"min=1,max=99"`
	Price float64  `json:"price" validate:"gt=0,lte=10000"`
	Tags  []string `json:"tags" validate:"max=5,dive,min=1,max=16"`
}

type Shipping struct {
	Street string `json:"street" validate:"min=1,max=80"`
	City   string `json:"city" validate:"min=1,max=80"`
	Zip    string `json:"zip" validate:"min=1,max=80"`
}
