// A client on github.com/coder/websocket and net/http: joins a group, publishes, sends by REST, receives, leaves.
//
// Arguments: the URL of a client; URL and token of a request that sends a text to the group "room"; URL and token of a
// PUT without a body. Prints "done" at the end; anything unexpected ends it with a message.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

type message = map[string]any

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := talk(ctx, os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]); err != nil {
		log.Fatal(err)
	}
	fmt.Println("done")
}

func talk(ctx context.Context, clientURL, sendURL, sendToken, putURL, putToken string) error {
	socket, _, err := websocket.Dial(ctx, clientURL, &websocket.DialOptions{
		Subprotocols: []string{"protocol.of.others", "json.webpubsub.azure.v1"},
	})
	if err != nil {
		return err
	}
	defer socket.CloseNow()
	if socket.Subprotocol() != "json.webpubsub.azure.v1" {
		return fmt.Errorf("subprotocol %q", socket.Subprotocol())
	}
	if err := expect(ctx, socket, message{"type": "system", "event": "connected"}); err != nil {
		return err
	}

	join := message{"type": "joinGroup", "group": "room", "ackId": 1}
	if err := wsjson.Write(ctx, socket, join); err != nil {
		return err
	}
	if err := expect(ctx, socket, message{"type": "ack", "ackId": 1., "success": true}); err != nil {
		return err
	}
	publish := message{
		"type": "sendToGroup", "group": "room", "dataType": "text", "data": "published", "ackId": 2,
	}
	if err := wsjson.Write(ctx, socket, publish); err != nil {
		return err
	}
	if err := expect(ctx, socket, message{"type": "message", "data": "published"}); err != nil {
		return err
	}
	if err := expect(ctx, socket, message{"type": "ack", "ackId": 2., "success": true}); err != nil {
		return err
	}

	if err := call(ctx, "POST", sendURL, sendToken, strings.NewReader("sent"), 202); err != nil {
		return err
	}
	if err := expect(ctx, socket, message{"type": "message", "data": "sent"}); err != nil {
		return err
	}
	// A reader of unknown length is sent in chunks.
	chunks := io.MultiReader(strings.NewReader("sent "), strings.NewReader("in chunks"))
	if err := call(ctx, "POST", sendURL, sendToken, chunks, 202); err != nil {
		return err
	}
	if err := expect(ctx, socket, message{"type": "message", "data": "sent in chunks"}); err != nil {
		return err
	}
	if err := call(ctx, "PUT", putURL, putToken, nil, 200); err != nil {
		return err
	}
	// Waits for the server's close frame.
	return socket.Close(websocket.StatusNormalClosure, "")
}

// expect reads the next message, which has at least the wanted members.
func expect(ctx context.Context, socket *websocket.Conn, wanted message) error {
	var got message
	if err := wsjson.Read(ctx, socket, &got); err != nil {
		return err
	}
	for name, value := range wanted {
		if got[name] != value {
			return fmt.Errorf("got %v, wanted %v", got, wanted)
		}
	}
	return nil
}

func call(ctx context.Context, method, url, token string, body io.Reader, wanted int) error {
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "text/plain")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != wanted {
		return fmt.Errorf("%s %s got %d %s", method, url, answer.StatusCode, text)
	}
	return err
}
