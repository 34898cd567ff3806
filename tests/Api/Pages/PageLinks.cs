using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Pages;

/// <summary>One-time links for those who use the pages.</summary>
public static class PageLinks
{
    /// <summary>The secret of a link for the one person that stands for the role.</summary>
    /// <param name="device">Where set, the browser that opens the link is this device from then on.</param>
    public static async Task<string> LinkAsync(this TestSchool school, Role role, string? device = null)
    {
        return await school.LinkAsync((await school.AsAsync(role)).Id, device);
    }

    /// <inheritdoc cref="LinkAsync(TestSchool, Role, string?)"/>
    public static async Task<string> LinkAsync(this TestSchool school, Guid person, string? device = null)
    {
        var system = Act.OfSystem(school.Id);
        var enrolled = device is null ? null : await school.Api.Records.RunAsync<DeviceDesk, Device>(
            desk => desk.EnrolAsync(system, device, null, CancellationToken.None));
        return await school.Api.Records.RunAsync<StaffAdmin, string>(
            admin => admin.LinkAsync(system, person, CancellationToken.None, enrolled));
    }

    /// <summary>A browser in which that person is signed in.</summary>
    public static async Task<PageVisitor> VisitAsync(this TestSchool school, Role role, string? device = null) =>
        await school.VisitAsync((await school.AsAsync(role)).Id, device);

    /// <inheritdoc cref="VisitAsync(TestSchool, Role, string?)"/>
    public static async Task<PageVisitor> VisitAsync(this TestSchool school, Guid person, string? device = null)
    {
        var visitor = new PageVisitor(school.Api.Address);
        (await visitor.PostAsync($"/sign-in/{await school.LinkAsync(person, device)}")).Must(200);
        return visitor;
    }
}
