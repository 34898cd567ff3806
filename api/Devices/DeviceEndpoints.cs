using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Devices;

namespace PhotoGuard.Api.Devices;

/// <param name="Model">As its own pictures name their camera (P5); absent: nothing is compared.</param>
/// <param name="Owner">Who answers for it, in the school's own words.</param>
public sealed record DeviceBody(string Name, string? Model, string? Owner);

/// <param name="BrowserSince">Since when a browser is this device; absent where none is, e.g. where programs alone send from it.</param>
/// <param name="SeenAt">When it was last used, to the minute.</param>
public sealed record DeviceView(
    Guid Id, string Name, string? Model, string? Owner, DateTimeOffset EnrolledAt, DateTimeOffset? BrowserSince, DateTimeOffset? SeenAt, DateTimeOffset? RevokedAt)
{
    public static DeviceView Of(Device it) => new(
        it.Id, it.Name, it.Model, it.Owner, it.EnrolledAt, it.BrowserHash is null ? null : it.BrowserAt, it.SeenAt, it.RevokedAt);
}

/// <summary>School equipment (P5). How a browser becomes a device is for people at pages alone.</summary>
public static class DeviceEndpoints
{
    public static void MapDevices(this RouteGroupBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("/", ListAsync);
        devices.MapPost("/", AddAsync).Produces<DeviceView>(StatusCodes.Status201Created);
        devices.MapPost("/{id:guid}/revocation", RevokeAsync).Produces<DeviceView>();
    }

    private static async Task<Page<DeviceView>> ListAsync(Caller caller, PageAsked page, DeviceDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, page.AfterId(), page.Limit + 1, cancel), row => row.Id, DeviceView.Of);

    private static Task<IResult> AddAsync(Write<DeviceBody> write, DeviceDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.EnrolAsync(act, write.Body.Name, write.Body.Model, cancel, write.Body.Owner), (act, id) => ShowAsync(act, id, desk, cancel));

    private static Task<IResult> RevokeAsync(Guid id, Write write, DeviceDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.RevokeAsync(act, id, cancel), (act, device) => ShowAsync(act, device, desk, cancel));

    private static async Task<DeviceView> ShowAsync(Records.Audit.Act act, Guid id, DeviceDesk desk, CancellationToken cancel) =>
        DeviceView.Of(await desk.ShowAsync(act, id, cancel));
}
