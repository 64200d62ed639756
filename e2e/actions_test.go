package e2e

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// do runs steps one after the other and stops at the first error.
func do(tab context.Context, steps ...chromedp.Action[chromedp.Void]) error {
	for _, s := range steps {
		if _, err := chromedp.Run(tab, s); err != nil {
			return err
		}
	}
	return nil
}

// scripting lets the page run its scripts, or not.
func scripting(allowed bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed})
		return err
	})
}
