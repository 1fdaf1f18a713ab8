package lab

type step func(Event) error

// steps are the handler and what follows it. The event is parsed once: whole if a step needs more than the two
// fields that decode and aggregate look at.
func (k *worker) steps(l *Lab, w *window) []step {
	s := l.settings
	var steps []step
	whole := s.Handler == "parse" || s.ComputeRounds > 0 || s.IOCalls > 0
	switch {
	case s.Handler == "validate":
		steps = append(steps, k.validate(l.library))
	case whole:
		steps = append(steps, k.parse(l.library))
		switch s.Handler {
		case "decode", "parse":
			steps = append(steps, func(Event) error { k.countPaid(k.order.Type, k.order.Customer.ID); return nil })
		case "aggregate":
			steps = append(steps, func(Event) error { w.add(k.order.Customer.Country, k.order.Amount); return nil })
		}
	case s.Handler == "decode":
		steps = append(steps, k.decode(l.library))
	case s.Handler == "aggregate":
		steps = append(steps, aggregate(l.library, w))
	}
	if s.ComputeRounds > 0 {
		steps = append(steps, k.compute(s.ComputeRounds))
	}
	if s.IOCalls > 0 {
		steps = append(steps, k.askPrices(l.prices, s))
	}
	if s.Produces > 0 {
		steps = append(steps, produce(l.library, s.Produces))
	}
	return steps
}

func (k *worker) parse(library Library) step {
	return func(e Event) error {
		k.order = Order{}
		return library.parsed(library.Unmarshal(e.Value, &k.order))
	}
}

func (k *worker) validate(library Library) step {
	return func(e Event) error {
		k.order = Order{}
		if err := library.Unmarshal(e.Value, &k.order); err == nil && library.Valid(&k.order) {
			k.valid++
		} else {
			k.invalid++
		}
		return nil
	}
}

func (k *worker) decode(library Library) step {
	return func(e Event) error {
		var f paidFields
		err := library.Unmarshal(e.Value, &f)
		k.countPaid(f.Type, f.Customer.ID)
		return library.parsed(err)
	}
}

func aggregate(library Library, w *window) step {
	return func(e Event) error {
		var f amountFields
		err := library.Unmarshal(e.Value, &f)
		w.add(f.Customer.Country, f.Amount)
		return library.parsed(err)
	}
}

// parsed lets a field of the wrong type pass: the event breaks the schema, which is validate's business.
func (l Library) parsed(err error) error {
	if err == nil || l.WrongType(err) {
		return nil
	}
	return err
}

func (k *worker) countPaid(kind string, customer int64) {
	if kind == "order.paid" {
		k.paid++
	}
	k.customers += customer
}

func (k *worker) compute(rounds int) step {
	return func(Event) error {
		k.score += int64(Compute(&k.order, rounds, k.state))
		return nil
	}
}

func produce(library Library, copies int) step {
	return func(e Event) error {
		for range copies {
			library.Produce(e.Key, e.Value)
		}
		return nil
	}
}
