// Enforce NetworkPolicies on this node with kube-router's controller for them, until told to stop. Argument: a kubeconfig.
package main

import (
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/cloudnativelabs/kube-router/v2/pkg/svcip"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	access, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	must(err)
	client, err := kubernetes.NewForConfig(access)
	must(err)
	config := options.NewKubeRouterConfig()
	config.EnableIPv4 = true
	services, err := svcip.NewValidator(svcip.Config{ClusterIPCIDRs: config.ClusterIPCIDRs, EnableIPv4: true})
	must(err)

	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	tables, sets, err := netpol.NewIPTablesHandlers(config)
	must(err)
	controller, err := netpol.NewNetworkPolicyController(
		client, config, pods, policies, namespaces, &sync.Mutex{}, nil, tables, sets, services)
	must(err)

	stop := make(chan struct{})
	factory.Start(stop)
	factory.WaitForCacheSync(stop)
	follow(pods, controller.PodEventHandler)
	follow(namespaces, controller.NamespaceEventHandler)
	follow(policies, controller.NetworkPolicyEventHandler)

	var running sync.WaitGroup
	running.Add(1)
	go controller.Run(ignored(), stop, &running)
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGINT, syscall.SIGTERM)
	<-told
	close(stop)
	running.Wait()
	// What stays in the kernel would go on refusing what no policy refuses any longer.
	new(netpol.NetworkPolicyController).Cleanup()
}

func follow(informer cache.SharedIndexInformer, handler cache.ResourceEventHandler) {
	_, err := informer.AddEventHandler(handler)
	must(err)
}

// ignored swallows the heartbeats, which the controller would otherwise wait to get rid of.
func ignored() chan<- *healthcheck.ControllerHeartbeat {
	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range beats {
		}
	}()
	return beats
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
