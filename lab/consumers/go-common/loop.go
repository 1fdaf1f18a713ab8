package lab

// Loop handles one event after the other in its caller's goroutine, whatever their partitions.
type Loop struct {
	lab     *Lab
	workers map[int32]*worker // each with the window of its partition
}

func (l *Lab) NewLoop() *Loop {
	return &Loop{lab: l, workers: map[int32]*worker{}}
}

func (o *Loop) Handle(partition int32, e Event) {
	k := o.workers[partition]
	if k == nil {
		k = o.lab.newWorkers(partition)[0]
		o.workers[partition] = k
	}
	k.handle(e)
}
