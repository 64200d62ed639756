package web

// A written is a whole answer, ready to be sent.
type written struct {
	kind string
	tag  string
	body []byte
}

// gzip returns the body compressed, or nil when it is too short to gain.
func (a *written) gzip() []byte {
	if len(a.body) <= 1024 {
		return nil
	}
	return zip(a.body)
}
